/** What has no data on the live hosts, by a part of its query. One that has some after all fails the test. */
export const ALLOWED_EMPTY: readonly { readonly part: string; readonly reason: string }[] = [
  {
    part: 'gpu_unit_engine_seconds_total',
    reason: 'Needs a process with a GPU of AMD or Intel open; test/sources/drm replays one.',
  },
  {
    part: 'fettle_probe_certificate_expiry_timestamp_seconds',
    reason: 'Needs a server with TLS; test/sources/probe asks one.',
  },
];
