type Files = Readonly<Record<string, string>>;

const below = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

/**
 * Files of a Jetson AGX Orin with JetPack 5, as far as they are known: synthetic, no board was at hand.
 *
 * Below `sys` is sysfs, the others are where they are on the board.
 */
export const AGX_ORIN: Files = {
  ...below('sys/firmware/devicetree/base', {
    compatible: 'nvidia,p3737-0000+p3701-0000\0nvidia,tegra234\0nvidia,tegra23x\0',
    model: 'Jetson AGX Orin Developer Kit\0',
  }),
  ...below('sys/class/devfreq/17000000.ga10b', {
    'device/of_node/name': 'ga10b\0',
    'device/load': '437\n',
    cur_freq: '918000000\n',
    min_freq: '306000000\n',
    max_freq: '1300500000\n',
  }),
  ...below('sys/class/devfreq/15340000.vic', {
    'device/of_node/name': 'vic\0',
    'device/load': '5\n',
    cur_freq: '729600000\n',
    min_freq: '1\n',
    max_freq: '1\n',
  }),
  ...below('sys/class/thermal', {
    'thermal_zone0/type': 'CPU-therm\n',
    'thermal_zone0/temp': '44562\n',
    'thermal_zone1/type': 'GPU-therm\n',
    'thermal_zone1/temp': '41250\n',
  }),
  ...below('sys/class/hwmon/hwmon0', { name: 'pwmfan\n', pwm1: '51\n' }),
  ...below('sys/class/hwmon/hwmon1', { name: 'pwm_tach\n', rpm: '1200\n' }),
  ...below('sys/class/hwmon/hwmon3', {
    name: 'ina3221\n',
    in1_label: 'VDD_GPU_SOC\n',
    in1_input: '19120\n',
    curr1_input: '128\n',
    curr1_max_alarm: '0\n',
    curr1_crit_alarm: '1\n',
    in2_label: 'VDD_CPU_CV\n',
    in2_input: '19120\n',
    curr2_input: '24\n',
    curr2_max_alarm: '0\n',
    curr2_crit_alarm: '0\n',
    in3_label: 'VIN_SYS_5V0\n',
    in3_input: '4968\n',
    in7_label: 'sum of shunt voltages\n',
    in7_input: '320\n',
    curr7_input: '1\n',
  }),
  ...below('sys/class/hwmon/hwmon4', {
    name: 'ina3221\n',
    in1_label: 'NC\n',
    in1_input: '8\n',
    curr1_input: '0\n',
    in2_label: 'VDDQ_VDD2_1V8AO\n',
    in2_input: '4976\n',
    curr2_input: '64\n',
    in3_label: 'VIN_SYS_5V0\n',
    in3_input: '5000\n',
    curr3_input: '0\n',
  }),
  ...below('sys/kernel/debug', { 'cactmon/mc_all': '319875\n', 'bpmp/debug/clk/emc/rate': '2132500000\n' }),
  'var/lib/nvpmodel/status': 'pmode:0002\n',
  'etc/nvpmodel.conf': `# Modes
< PARAM TYPE=FILE NAME=GPU_POWER_CONTROL >
< POWER_MODEL ID=0 NAME=MAXN >
CPU_ONLINE CORE_0 1
< POWER_MODEL ID=2 NAME=MODE_30W >
CPU_ONLINE CORE_0 1
< PM_CONFIG DEFAULT=2 >
`,
};
