import { dirname, resolve } from 'node:path';
import type { SecureContextOptions } from 'node:tls';
import { messageOf } from '../../domain/errors.ts';
import type { Pem, TlsSettings, WebConfig } from '../../domain/web-config.ts';
import { type PemText, secureContextOptions } from './secure-context.ts';
import { createStampedReader, type Stamps, type WebFiles } from './web-files.ts';

/** A web configuration with its certificates read. */
export interface WebSettings {
  readonly config: WebConfig;
  /** What Node's TLS is given; none: plain HTTP. */
  readonly context: SecureContextOptions | undefined;
}

/** A web configuration from its text; problems are lines for people, with file, line and column. */
export type ParseWebConfig = (
  text: string,
) =>
  | { readonly ok: true; readonly config: WebConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Settings, or all that is wrong with them, and the files on which that depends. */
export type ReadSettings = (
  | { readonly ok: true; readonly settings: WebSettings }
  | { readonly ok: false; readonly problems: readonly string[] }
) & { readonly stamps: Stamps };

/** Reads a web configuration and every file that it names; their names are relative to its folder. */
export function readSettings(file: string, files: WebFiles, parse: ParseWebConfig): ReadSettings {
  const { read, stamps } = createStampedReader(files);
  try {
    const parsed = parse(read(file));
    if (!parsed.ok) return { ...parsed, stamps };
    const { tls } = parsed.config;
    const context = tls === undefined ? undefined : contextOf(tls, dirname(file), read);
    return { ok: true, settings: { config: parsed.config, context }, stamps };
  } catch (thrown) {
    const said = messageOf(thrown);
    return { ok: false, problems: [said.startsWith(file) ? said : `${file}: ${said}`], stamps };
  }
}

type Read = (path: string) => string;

function contextOf(tls: TlsSettings, folder: string, read: Read): SecureContextOptions {
  return secureContextOptions(tls, {
    certificate: pemText(tls.certificate, 'cert', folder, read),
    key: pemText(tls.key, 'key', folder, read),
    clientCa: tls.clientCa && pemText(tls.clientCa, 'client_ca', folder, read),
  });
}

function pemText(pem: Pem, name: string, folder: string, read: Read): PemText {
  if (pem.kind === 'inline') {
    return { setting: `tls_server_config.${name}`, origin: 'the configuration', text: pem.text };
  }
  const setting = `tls_server_config.${name}_file`;
  const path = resolve(folder, pem.path);
  try {
    return { setting, origin: path, text: read(path) };
  } catch (thrown) {
    throw new Error(`${setting}: ${messageOf(thrown)}`, { cause: thrown });
  }
}
