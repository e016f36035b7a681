/** What `INFO` of Redis tells, by its own names. */
export type RedisInfo = ReadonlyMap<string, string>;

/** The fields of an `INFO`; lines that are none are left out. */
export function parseInfo(text: string): RedisInfo {
  const lines = text.split(/\r?\n/).map((line) => /^([a-z0-9_]{1,64}):(.*)$/.exec(line));
  return new Map(lines.flatMap((found) => (found ? [[found[1] ?? '', found[2] ?? '']] : [])));
}

/** Numbers of an `INFO` by our names; what it does not tell is left out. Bytes, seconds, 1 for yes and 0 for no. */
export function infoValues(info: RedisInfo): ReadonlyMap<string, number> {
  const isReplica = info.get('role') === 'slave';
  const values = [...VALUES, ...(isReplica ? REPLICA_VALUES : [])].flatMap(([name, field, read]) => {
    const value = read(info.get(field) ?? '');
    return value === undefined ? [] : [[name, value] as const];
  });
  return new Map(values);
}

type ValueRow = readonly [name: string, field: string, read: (text: string) => number | undefined];

/** Not negative: -1 is "never" and "not known" there. */
function count(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** 0 is "no limit". */
function limit(text: string): number | undefined {
  return count(text) || undefined;
}

function whether(yes: string, no: string): (text: string) => number | undefined {
  return (text) => (text === yes ? 1 : text === no ? 0 : undefined);
}

const VALUES: readonly ValueRow[] = [
  ['uptime_seconds', 'uptime_in_seconds', count],
  ['connected_clients', 'connected_clients', count],
  ['blocked_clients', 'blocked_clients', count],
  ['used_memory_bytes', 'used_memory', count],
  ['max_memory_bytes', 'maxmemory', limit],
  ['evicted_keys', 'evicted_keys', count],
  ['rejected_connections', 'rejected_connections', count],
  ['connected_replicas', 'connected_slaves', count],
  ['is_master', 'role', whether('master', 'slave')],
  ['last_save_ok', 'rdb_last_bgsave_status', whether('ok', 'err')],
  ['last_append_ok', 'aof_last_write_status', whether('ok', 'err')],
];

const REPLICA_VALUES: readonly ValueRow[] = [
  ['master_link_up', 'master_link_status', whether('up', 'down')],
  ['master_last_io_seconds', 'master_last_io_seconds_ago', count],
];
