import type { DnsSettings } from '../../domain/probes/dns.ts';
import { askNameServer, systemNameServers } from '../../host/net/name-question.ts';
import type { Ask } from './asking.ts';
import { dnsFault, judgeRecords } from './judge-dns.ts';

/** Asks a name server a question; its value `answers` is how many records there are. */
export function askDns(settings: DnsSettings): Ask {
  return async (signal, found) => {
    const server = settings.server ?? systemNameServers().join(', ');
    found.stage = `asking ${server}`;
    const answer = await askNameServer(settings, signal);
    if ('error' in answer) throw dnsFault(settings, server, answer.error);
    found.values.set('answers', answer.records.length);
    judgeRecords(settings, answer.records);
  };
}
