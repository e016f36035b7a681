import { X509Certificate } from 'node:crypto';
import { copyFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../src/http/listener.ts';
import { pem } from '../../fakes/pem.ts';
import { hashed } from './hashed.ts';
import { basic, type Secured, secured, withTls } from './secured.ts';

const CLIENT = { cert: pem('client.crt'), key: pem('client.key') };
const SERVER = new X509Certificate(pem('server.crt')).serialNumber;
const RENEWED = new X509Certificate(pem('renewed.crt')).serialNumber;
const NOT_RELOADED = 'web configuration not reloaded; the old one stays in force';

function renew({ folder }: Secured): void {
  for (const kind of ['crt', 'key']) copyFileSync(`${folder}/renewed.${kind}`, `${folder}/server.${kind}`);
}

/** More than a second passes, after which the files are looked at again. */
function wait({ clock }: Secured): void {
  clock.ms += 1001;
}

describe('a web configuration whose files change', () => {
  it('serves a renewed certificate from the next connection on', async () => {
    const web = await secured(withTls());
    expect(await web.ask()).toMatchObject({ serverSerial: SERVER });
    renew(web);
    wait(web);
    expect(await web.ask()).toMatchObject({ serverSerial: RENEWED, body: 'here' });
    expect(web.lines).toEqual([
      { level: 'info', fields: { file: web.file }, message: 'web configuration reloaded' },
    ]);
  });

  it('does so on every listener', async () => {
    const web = await secured(withTls());
    const other = await listen(express(), { host: '127.0.0.1', port: 0 }, web.security.listener());
    onTestFinished(() => other.close());
    renew(web);
    wait(web);
    await web.ask();
    const port = Number(other.address.split(':')[1]);
    expect(await web.ask({ port })).toMatchObject({ status: 404, serverSerial: RENEWED });
  });

  it('notices files that are replaced, and links that lead elsewhere', async () => {
    const web = await secured(withTls());
    for (const kind of ['crt', 'key']) {
      renameSync(`${web.folder}/renewed.${kind}`, `${web.folder}/renewed-${kind}`);
      rmSync(`${web.folder}/server.${kind}`);
      symlinkSync(`${web.folder}/renewed-${kind}`, `${web.folder}/server.${kind}`);
    }
    wait(web);
    expect(await web.ask()).toMatchObject({ serverSerial: RENEWED });
  });

  it('looks at them at most once a second', async () => {
    const web = await secured(withTls());
    renew(web);
    web.clock.ms += 999;
    expect(await web.ask()).toMatchObject({ serverSerial: SERVER });
    web.clock.ms += 1;
    expect(await web.ask()).toMatchObject({ serverSerial: RENEWED });
  });

  it('keeps the old certificate while the new one is broken, and says so once', async () => {
    const web = await secured(withTls());
    // A renewal in the middle: the key is still that of the old certificate.
    copyFileSync(`${web.folder}/renewed.crt`, `${web.folder}/server.crt`);
    for (let look = 0; look < 3; look++) {
      wait(web);
      expect(await web.ask()).toMatchObject({ serverSerial: SERVER });
    }
    const problem = `${web.file}: tls_server_config.key_file: the key in ${web.folder}/server.key does not fit the certificate in ${web.folder}/server.crt`;
    expect(web.lines).toEqual([
      { level: 'error', fields: { file: web.file, problems: [problem] }, message: NOT_RELOADED },
    ]);
    copyFileSync(`${web.folder}/renewed.key`, `${web.folder}/server.key`);
    wait(web);
    expect(await web.ask()).toMatchObject({ serverSerial: RENEWED });
  });

  it('keeps the old settings while a file is away or not in order', async () => {
    const web = await secured(withTls());
    rmSync(`${web.folder}/server.key`);
    wait(web);
    expect(await web.ask()).toMatchObject({ status: 200, serverSerial: SERVER });
    writeFileSync(web.file, `${withTls()}  min_version: TLS14\n`);
    wait(web);
    expect(await web.ask()).toMatchObject({ status: 200, serverSerial: SERVER });
    rmSync(web.file);
    wait(web);
    expect(await web.ask()).toMatchObject({ status: 200, serverSerial: SERVER });
    expect(web.lines.map(({ fields }) => fields['problems'])).toEqual([
      [`${web.file}: tls_server_config.key_file: ${web.folder}/server.key: there is no such file`],
      [`${web.file}:4:16: tls_server_config.min_version: expected TLS10, TLS11, TLS12 or TLS13`],
      [`${web.file}: there is no such file`],
    ]);
  });

  it('takes over new authorities, names and versions', async () => {
    const strict = ['client_auth_type: RequireAndVerifyClientCert', 'client_ca_file: authorities.crt'];
    const web = await secured(withTls(...strict.slice(0, 1), 'client_ca_file: ca.crt'));
    expect(await web.ask(CLIENT)).toMatchObject({ status: 200 });
    copyFileSync(`${web.folder}/stranger.crt`, `${web.folder}/authorities.crt`);
    writeFileSync(web.file, withTls(...strict));
    wait(web);
    await expect(web.ask(CLIENT)).rejects.toThrow();
    copyFileSync(`${web.folder}/ca.crt`, `${web.folder}/authorities.crt`);
    wait(web);
    expect(await web.ask(CLIENT)).toMatchObject({ status: 200, protocol: 'TLSv1.3' });
    writeFileSync(web.file, withTls(...strict, 'max_version: TLS12'));
    wait(web);
    expect(await web.ask(CLIENT)).toMatchObject({ status: 200, protocol: 'TLSv1.2' });
    writeFileSync(web.file, withTls(...strict, 'client_allowed_sans: [other.test]'));
    wait(web);
    await expect(web.ask(CLIENT)).rejects.toThrow();
  });

  it('takes over new users, also for connections that are open', async () => {
    const users = (...names: readonly string[]) =>
      `${withTls()}basic_auth_users: ${JSON.stringify(Object.fromEntries(names.map((name) => [name, hashed(name)])))}\n`;
    const web = await secured(users('alice'));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const as = (user: string) => web.ask({ agent, headers: basic(user, user) });
    const { status, clientPort } = await as('alice');
    expect(status).toBe(200);
    writeFileSync(web.file, users('bob'));
    wait(web);
    expect(await as('alice')).toMatchObject({ status: 401, clientPort });
    expect(await as('bob')).toMatchObject({ status: 200, clientPort });
  });

  it.each([
    [withTls(), 'http_server_config: {http2: false}\n', 'tls_server_config cannot change'],
    ['http_server_config: {http2: false}\n', withTls(), 'tls_server_config cannot change'],
    [
      withTls(),
      withTls('client_auth_type: RequestClientCert'),
      'tls_server_config.client_auth_type cannot change',
    ],
    [
      `${withTls()}basic_auth_users: {a: ${hashed('a')}}\n`,
      withTls(),
      'basic_auth_users: the last user cannot be removed',
    ],
  ])('does not go from %j to %j before a restart', async (before, after, problem) => {
    const web = await secured(before);
    writeFileSync(web.file, after);
    wait(web);
    const answer = web.security.scheme === 'http' ? fetch(`http://127.0.0.1:${web.port}/`) : web.ask();
    expect(await answer).toMatchObject({ status: before.includes('basic_auth_users') ? 401 : 200 });
    expect(web.lines[0]).toEqual({
      level: 'error',
      fields: { file: web.file, problems: [`${problem} while fettle runs; restart it`] },
      message: NOT_RELOADED,
    });
  });
});
