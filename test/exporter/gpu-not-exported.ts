/** Values of `nvidia-smi -q -x` that are no series, by why. The paths are those beneath `gpu`. */
export const NOT_EXPORTED: readonly (readonly [why: string, paths: RegExp])[] = [
  [
    'what the device is: uuid, name and address tell it already',
    /^(product_(brand|architecture)|serial|minor_number|board_(id|part_number)|gpu_(part|fru_part)_number|gpu_module_id|multigpu_board|pdi|(inforom_version|platformInfo)\/.*|gsp_firmware_version|capabilities\/.*)$/,
  ],
  [
    'parts of the PCI address, and what stands on the bus beside the GPU',
    /^pci\/(pci_(bus|device|domain|device_id|base_class|sub_class|sub_system_id)|pci_bridge_chip\/.*|atomic_caps_.*)$/,
  ],
  [
    'how the GPU has been set up, which changes by hand only',
    /^((display_(mode|active|attached)|accounting_mode|accounting_mode_buffer_size|addressing_mode)|((mig|ecc)_mode|driver_model|gpu_operation_mode|gpu_virtualization_mode|(default_)?applications_clocks|max_customer_boost_clocks|deferred_clocks|clock_policy|supported_clocks|supported_gpu_target_temp)\/.*|power_readings\/power_management)$/,
  ],
  [
    'a second telling of a value that is exported',
    /^(power_readings\/power_limit|gpu_power_readings\/(requested_power_limit|power_state)|pci\/pci_gpu_link_info\/pcie_gen\/(device_current|max_device|max_host)_link_gen|bar1_memory_usage\/(total|free)|ecc_errors\/(volatile|aggregate)\/(single|double)_bit\/(register_file|l1_cache|l2_cache|texture_memory|texture_shm|cbu)|ecc_errors\/aggregate_uncorrectable_sram_sources\/.*)$/,
  ],
  [
    'of parts beside the GPU chip, on few boards',
    /^(module_power_readings|gpu_memory_power_readings|cc_protected_memory_usage|fabric)\/.*$/,
  ],
  [
    'distances to limits of which the margin tells the nearest, and a limit of the memory',
    /^temperature\/(gpu_temp_(max|slow|max_gpu|max_mem)_tlimit_threshold|gpu_temp_max_mem_threshold)$/,
  ],
  ['sessions of the encoder and of screen capture', /^(encoder|fbc)_stats\/.*$/],
  ['voltage, which the catalogue does not have', /^voltage\/.*$/],
  ['a counter of a counter', /^pci\/replay_rollover_counter$/],
  ['a reason that the driver does not know itself', /^clocks_throttle_reasons\/.*_unknown$/],
  [
    'memory to be repaired: counts are exported, and what is left to do since Ampere (remap_pending)',
    /^(retired_pages\/(.*\/retired_page(list\/retired_page_address|_addresses)|pending_(blacklist|retirement))|remapped_rows\/row_remapper_histogram\/.*|ecc_errors\/(aggregate\/sram_threshold_exceeded|(channel|tpc)_repair_pending|unrepairable_memory))$/,
  ],
  [
    'of an instance of a divided GPU: all but its memory',
    /^mig_devices\/mig_device\/(index|bar1_memory_usage\/.*|device_attributes\/.*|ecc_error_count\/.*|fb_memory_usage\/(free|reserved))$/,
  ],
  ['in which instance a process runs', /^processes\/process_info\/(gpu|compute)_instance_id$/],
];
