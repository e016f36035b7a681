import { describe, expect, it } from 'vitest';
import { load, problemsOf } from './load.ts';

/** What is wrong with the settings of a probe, without its place. */
function problems(settings: object): readonly string[] {
  const text = JSON.stringify({ probes: [{ name: 'x', ...settings }] });
  return problemsOf(text).map((line) => line.replace(/^fettle\.yml:\d+:\d+: probes\[0\]\.?/, ''));
}

const settingsOf = (words: object) => load({ name: 'x', ...words });

describe('a file', () => {
  it('is a path, and perhaps what it should be like', () => {
    expect(settingsOf({ file: { path: '/a/b/' } })).toMatchObject({
      type: 'file',
      settings: { path: '/a/b', exists: true },
    });
    const file = { path: '/a', max_age: '1h', min_age: '1m', min_size: 1, max_size: '2GiB' };
    expect(settingsOf({ file })).toMatchObject({
      settings: { maxAgeSeconds: 3600, minAgeSeconds: 60, minBytes: 1, maxBytes: 2 * 1024 ** 3 },
    });
    expect(settingsOf({ file: { path: '/a', exists: false } })).toMatchObject({
      settings: { exists: false },
    });
    expect(settingsOf({ directory: { path: '///' } })).toMatchObject({ settings: { path: '/' } });
  });

  it.each<[object, RegExp]>([
    [{ path: 'a' }, /^file.path: expected an absolute path/],
    [{}, /^file.path: missing/],
    [{ path: '/a', max_age: 60 }, /^file.max_age: expected a duration/],
    [{ path: '/a', min_size: '1MB' }, /^file.min_size: expected a number of bytes/],
    [{ path: '/a', min_size: 2, max_size: 1 }, /^file.min_size: expected min_size to be at most max_size/],
    [{ path: '/a', min_age: '2s', max_age: '1s' }, /^file.min_age: expected min_age to be at most max_age/],
    [{ path: '/a', exists: false, max_age: '1s' }, /^file.exists: expected no other condition/],
    [{ path: '/a', older: '1s' }, /^file.older: unknown key/],
  ])('%j is none', (file, expected) => {
    expect(problems({ file })).toEqual([expect.stringMatching(expected)]);
  });
});

describe('a directory', () => {
  it('is a path, a pattern, and what the files should be like', () => {
    const directory = { path: '/models', glob: 'checkpoints/*.safetensors', min_count: 1, min_free: '5%' };
    expect(settingsOf({ directory })).toMatchObject({
      type: 'directory',
      settings: { path: '/models', glob: 'checkpoints/*.safetensors', minCount: 1, minFree: { ratio: 0.05 } },
    });
    expect(settingsOf({ directory: { path: '/models', min_free: '10GiB' } })).toMatchObject({
      settings: { glob: '*', minFree: { bytes: 10 * 1024 ** 3 } },
    });
  });

  it.each<[object, RegExp]>([
    [{ glob: '../*' }, /^directory.glob: expected names or patterns/],
    [{ glob: '**/a/**/b' }, /^directory.glob: expected \*\* at most once/],
    [{ glob: '[' }, /^directory.glob: expected a \]/],
    [{ min_count: -1 }, /^directory.min_count: expected a number of files/],
    [{ min_count: 2, max_count: 1 }, /^directory.min_count: expected min_count to be at most max_count/],
    [{ min_free: '101%' }, /^directory.min_free: expected a size such as 10GiB, or a part/],
    [{ min_free: 'much' }, /^directory.min_free: expected a size such as 10GiB, or a part/],
  ])('%j is none', (directory, expected) => {
    expect(problems({ directory: { path: '/a', ...directory } })).toEqual([expect.stringMatching(expected)]);
  });
});

describe('a pid file', () => {
  it('is a path, and perhaps a status file', () => {
    const status_file = { path: '/s', state: { one_of: ['idle'] }, values: { jobs: '/queue/0/jobs' } };
    expect(settingsOf({ pidfile: { path: '/p', name: 'runner', status_file } })).toMatchObject({
      type: 'pidfile',
      settings: {
        path: '/p',
        name: 'runner',
        statusFile: {
          path: '/s',
          state: { pointer: '/state', oneOf: ['idle'] },
          values: { jobs: '/queue/0/jobs' },
        },
      },
    });
    expect(settingsOf({ pidfile: { path: '/p' } })).toMatchObject({ settings: { path: '/p' } });
  });

  it.each<[object, RegExp]>([
    [{ name: '/usr/bin/x' }, /^pidfile.name: expected the name of a program/],
    [{ status_file: { path: '/s', state: { one_of: [] } } }, /one_of: expected a list of states/],
    [{ status_file: { path: '/s', values: { 'a b': '/x' } } }, /expected a name such as/],
    [{ status_file: { path: '/s', values: { a: 'x' } } }, /values.a: expected a JSON pointer/],
  ])('%j is none', (pidfile, expected) => {
    expect(problems({ pidfile: { path: '/p', ...pidfile } })).toEqual([expect.stringMatching(expected)]);
  });
});

describe('a command', () => {
  it('is a program and its arguments', () => {
    const command = {
      argv: ['/usr/bin/test', '-s', '/x'],
      env: { A: '1' },
      user: 'nobody',
      expect_exit_codes: [0, 1],
    };
    expect(settingsOf({ command })).toMatchObject({
      type: 'command',
      settings: {
        program: '/usr/bin/test',
        args: ['-s', '/x'],
        env: { A: '1' },
        user: 'nobody',
        expectExitCodes: [0, 1],
        nagios: false,
      },
    });
  });

  it.each<[object, RegExp]>([
    [{ argv: [] }, /^command.argv/],
    [{ argv: '/usr/bin/test -s' }, /^command.argv: expected a list: the program/],
    [{ argv: ['test', '-s'] }, /^command.argv\[0\]: expected the whole path/],
    [{ argv: ['/usr/bin/test', 1] }, /^command.argv\[1\]: expected a text; put numbers in quotes/],
    [{ argv: ['/usr/bin/test', 'a\0b'] }, /^command.argv\[1\]: expected a text without the character 0/],
    [{ argv: ['/x'], env: { 'A=B': 'x' } }, /expected the name of a variable/],
    [{ argv: ['/x'], env_files: { 'A=B': '/x' } }, /expected the name of a variable/],
    [{ argv: ['/x'], env_files: { A: 'x' } }, /^command.env_files.A: expected an absolute path/],
    [{ argv: ['/x'], env: { A: 'x' }, env_files: { A: '/x' } }, /^command.env.A: expected a variable once/],
    [{ argv: ['/x'], user: '0; rm' }, /^command.user: expected the name of a user/],
    [{ argv: ['/x'], expect_exit_codes: [256] }, /expected an exit code from 0 to 255/],
    [
      { argv: ['/x'], nagios: true, expect_exit_codes: [0] },
      /^command.expect_exit_codes: expected no exit codes/,
    ],
    [{ argv: ['/x'], shell: true }, /^command.shell: unknown key/],
  ])('%j is none', (command, expected) => {
    expect(problems({ command })).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    'PASSWORD',
    'PGPASSWORD',
    'MYSQL_PWD',
    'API_KEY',
    'api_key',
    'OPENAI_APIKEY',
    'TOKEN',
    'HF_TOKEN',
    'KEY_2',
  ])('may have %s from a file alone', (name) => {
    const [problem = '', ...more] = problems({ command: { argv: ['/x'], env: { [name]: 'm4rked' } } });
    expect(problem).toContain(`command.env.${name}: expected no secret in the configuration`);
    expect(problem).toContain(`name that under env_files: ${name}`);
    expect(problem).not.toContain('m4rked');
    expect(more).toEqual([]);
    const command = { argv: ['/x'], env_files: { [name]: '/etc/fettle/it' } };
    expect(settingsOf({ command })).toMatchObject({ settings: { envFiles: { [name]: '/etc/fettle/it' } } });
  });

  it.each(['TOKEN_FILE', 'MAX_TOKENS', 'TOKENIZERS_PARALLELISM', 'KEYBOARD', 'PWD', 'MONKEY', 'HOST'])(
    'may have %s in the configuration',
    (name) => {
      expect(problems({ command: { argv: ['/x'], env: { [name]: '1' } } })).toEqual([]);
    },
  );

  it('that is wrong does not tell its environment', () => {
    const env = { TOKEN: 'mark3d-s3cret', 'BAD NAME': 'mark3d-s3cret', N: 'mark3d-s3cret\0' };
    expect(problems({ command: { argv: ['x'], env } }).join('\n')).not.toContain('mark3d-s3cret');
  });
});
