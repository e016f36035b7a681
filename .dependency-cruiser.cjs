/**
 * The import rules of DESIGN.md. Each folder of src names what it may import; everything else is an error.
 * `npm run imports` checks them, and so does `make test`.
 */

const NODE_IO = [
  'fs',
  'fs/promises',
  'child_process',
  'net',
  'tls',
  'dgram',
  'dns',
  'http',
  'https',
  'worker_threads',
];

/** Folder of src -> the other folders of src it may import, the packages it may import, and why. */
const ROOMS = {
  domain: {
    folders: [],
    packages: [],
    node: false,
    why: 'The terms of the field stand alone, so that every other room can share them.',
  },
  policy: {
    folders: ['domain'],
    packages: [],
    node: false,
    why: 'Decisions are pure, so that they can be property-tested and replayed.',
  },
  rules: {
    folders: ['domain'],
    packages: ['yaml'],
    node: false,
    why: 'Alerts are data and text: files come out of them, and the configuration names their thresholds.',
  },
  config: {
    folders: ['domain', 'rules'],
    packages: ['yaml', 'zod', 're2js', 'croner'],
    node: false,
    why: 'Configuration is text in, typed value or located problems out; someone else reads the file.',
  },
  host: {
    folders: ['domain'],
    packages: ['systeminformation'],
    node: true,
    why: 'The only doors to the machine are here, so that limits on time and size stand in one place.',
  },
  sources: {
    folders: ['domain', 'host'],
    packages: ['sax'],
    node: false,
    why: 'A source turns what the machine says into readings; it reaches the machine through host only.',
  },
  managers: {
    folders: ['domain', 'host'],
    packages: [],
    node: false,
    why: 'A manager changes the machine; nothing but app/ may hand one out.',
  },
  collectors: {
    folders: ['domain'],
    packages: [],
    node: false,
    why: 'A collector is a table of metrics and a pure function from readings to samples.',
  },
  metrics: {
    folders: ['domain', 'collectors'],
    packages: ['prom-client'],
    node: false,
    why: 'A scrape runs collectors and writes a page; it knows no source.',
  },
  remediator: {
    folders: ['domain', 'policy'],
    packages: [],
    node: false,
    why: 'A repair is a walk through decisions; managers and the ledger file arrive as arguments.',
  },
  http: {
    folders: ['domain', 'metrics', 'remediator'],
    packages: ['express'],
    node: true,
    why: 'Listeners translate HTTP to calls and back; they decide nothing.',
  },
};

const alternatives = (names) => `(${names.join('|')})`;

function roomRules([room, { folders, packages, node, why }]) {
  const from = { path: `^src/${room}/` };
  const rules = [
    {
      name: `${room}-imports-${folders.length === 0 ? 'nothing' : folders.join('-')}`,
      comment: why,
      severity: 'error',
      from,
      to: { path: '^src/', pathNot: `^src/${alternatives([room, ...folders])}/` },
    },
    {
      name: `${room}-packages`,
      comment: why,
      severity: 'error',
      from,
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
        ...(packages.length === 0 ? {} : { pathNot: `node_modules/${alternatives(packages)}/` }),
      },
    },
  ];
  if (!node) {
    const strict =
      room === 'domain' ||
      room === 'policy' ||
      room === 'collectors' ||
      room === 'config' ||
      room === 'rules';
    rules.push({
      name: `${room}-no-${strict ? 'node' : 'io'}`,
      comment: why,
      severity: 'error',
      from,
      to: strict
        ? { dependencyTypes: ['core'] }
        : { dependencyTypes: ['core'], path: `^(node:)?${alternatives(NODE_IO)}$` },
    });
  }
  return rules;
}

module.exports = {
  forbidden: [
    ...Object.entries(ROOMS).flatMap(roomRules),
    {
      name: 'a-room-has-a-row',
      comment: 'A folder of src exists when it has its own row in the table above.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/${alternatives([...Object.keys(ROOMS), 'app', 'cli'])}/` },
    },
    {
      name: 'managers-only-from-app',
      comment: 'Whoever can import a manager can change the machine, so app/ alone hands them out.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(managers|app)/' },
      to: { path: '^src/managers/' },
    },
    {
      name: 'systeminformation-only-from-host',
      comment:
        'It starts programs and waits for them without a limit: one file of host/ says what is asked, and in which process.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/host/' },
      to: { path: 'node_modules/systeminformation/' },
    },
    {
      name: 'nobody-imports-the-entry',
      comment: 'main.ts and app/ assemble; a part that imports them would turn the flow around.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main\\.ts$|cli/|app/)' },
      to: { path: '^src/(main\\.ts$|app/)' },
    },
    {
      name: 'src-stands-alone',
      comment: 'The product never needs its tests, dashboards or development packages to run.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|dashboards|alerts)/' },
    },
    {
      name: 'src-no-dev-packages',
      comment: 'What is installed for users is what src imports.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circles',
      comment: 'A circle has no first reader; move the shared idea to its own file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that resolves to nothing fails at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Has packages of its own, which an installation of fettle does not bring.
    exclude: { path: '^test/pictures/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
