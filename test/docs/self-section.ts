/** What stands at the end of docs/METRICS.md: metrics that no collector has, written by hand. */
export const SELF_SECTION = `## fettle itself

On both pages, each for its own half.

| name | type | labels | source | help |
|---|---|---|---|---|
| \`fettle_collector_success\` | gauge | \`collector\` | this scrape | Whether the collector could read its subject (1) or failed (0); having nothing to read is success. |
| \`fettle_collector_duration_seconds\` | gauge | \`collector\` | this scrape | How long the collector took in this scrape. |
| \`fettle_build_info\` | gauge | \`version\`, \`node\` | package.json and Node.js | Always 1; which fettle this is. |
| \`fettle_webhook_requests_total\` | counter | \`code\` | POST /api/v1/webhook, since the start of fettle | Requests to the webhook by HTTP status. |

## The process

On both pages, from [prom-client](https://github.com/siimon/prom-client); with both halves in one process they
are the same on both. The delays of the event loop are taken with a timer of 10 ms, which they include: 0.011 is
a delay of 1 ms. Those on a page are of the time since the page before.

| name | type | labels | help |
|---|---|---|---|
| \`process_cpu_user_seconds_total\`, \`process_cpu_system_seconds_total\`, \`process_cpu_seconds_total\` | counter | | CPU time of the process, and both together. |
| \`process_start_time_seconds\` | gauge | | Unix time at which the process started. |
| \`process_resident_memory_bytes\`, \`process_virtual_memory_bytes\`, \`process_heap_bytes\` | gauge | | Memory of the process as the kernel counts it (Linux). |
| \`process_open_fds\`, \`process_max_fds\` | gauge | | Open files (Linux 6.2), and how many there may be (Linux). |
| \`nodejs_eventloop_lag_seconds\` | gauge | | Delay of the event loop at this scrape. |
| \`nodejs_eventloop_lag_min_seconds\`, \`nodejs_eventloop_lag_max_seconds\`, \`nodejs_eventloop_lag_mean_seconds\`, \`nodejs_eventloop_lag_stddev_seconds\` | gauge | | Delays of the event loop since the last scrape. |
| \`nodejs_eventloop_lag_p50_seconds\`, \`nodejs_eventloop_lag_p90_seconds\`, \`nodejs_eventloop_lag_p99_seconds\` | gauge | | Percentiles of the same. |
| \`nodejs_heap_size_total_bytes\`, \`nodejs_heap_size_used_bytes\`, \`nodejs_external_memory_bytes\` | gauge | | Memory that V8 holds, uses, and knows of outside its heap. |
| \`nodejs_heap_space_size_total_bytes\`, \`nodejs_heap_space_size_used_bytes\`, \`nodejs_heap_space_size_available_bytes\` | gauge | \`space\` | The same by the spaces of V8's heap. |
| \`nodejs_gc_duration_seconds\` | histogram | \`kind\` | Durations of garbage collections: major, minor, incremental or weakcb. |
| \`nodejs_active_resources\`, \`nodejs_active_handles\`, \`nodejs_active_requests\` | gauge | \`type\` | What keeps the event loop alive. |
| \`nodejs_version_info\` | gauge | \`version\`, \`major\`, \`minor\`, \`patch\` | Always 1; which Node.js this is. |
`;
