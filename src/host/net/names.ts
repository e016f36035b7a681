import { lookup } from 'node:dns/promises';
import { createGate } from '../../domain/gate.ts';
import { createHosts } from './hosts-file.ts';
import type { Address, Resolve } from './resolver.ts';

/** What is known of a name that was asked for. */
interface Known {
  /** The question under way. */
  asking: Promise<readonly Address[]> | undefined;
  /** Whether the last answer was a good one, and came soon. */
  isTrusted: boolean;
  /** The last good answer. */
  good: { readonly addresses: readonly Address[]; readonly ms: number } | undefined;
  /** Why there was none in the end, after it was waited for. */
  bad: { readonly thrown: unknown; readonly ms: number } | undefined;
}

/** An answer that takes longer than this comes from name servers that do not answer. */
const SOON_MS = 1000;

/** A name whose last answer was good is waited for no longer than this before that one is taken. */
const PATIENCE_MS = 200;

/** So long a good answer stands in for one that does not come. */
const GOOD_FOR_MS = 60_000;

/** A name that was waited for in vain is asked for again after so long. */
const BAD_FOR_MS = 30_000;

/** The name servers did not answer: it says nothing about the name. */
const NO_ANSWER = /^(EAI_AGAIN|EAI_FAIL|EAI_SYSTEM|EAI_MEMORY)$/;

/**
 * Gives a way to find addresses where name servers may not answer.
 *
 * Nobody can call off a question to the C library, which may take half a minute, and two of them at once are all that
 * libuv asks. So each name is asked for once at a time, and names of which nothing good is known share one of the two
 * places, so that they leave the other one to those that have answered. What `/etc/hosts` knows takes none.
 */
export function createResolver(
  ask: Resolve = (host) => lookup(host, { all: true }),
  elapsedMs: () => number = () => performance.now(),
  hosts: (host: string) => readonly Address[] | undefined = createHosts(elapsedMs),
): Resolve {
  const names = new Map<string, Known>();
  const trusted = createGate(1);
  const others = createGate(1);

  function knownOf(host: string): Known {
    const known = names.get(host) ?? { asking: undefined, isTrusted: false, good: undefined, bad: undefined };
    names.set(host, known);
    return known;
  }

  /** The time is measured from when it was asked, not while it waited behind others. */
  async function asked(host: string, known: Known): Promise<readonly Address[]> {
    const sinceMs = elapsedMs();
    const soon = () => elapsedMs() - sinceMs < SOON_MS;
    try {
      const addresses = await ask(host);
      known.good = { addresses, ms: elapsedMs() };
      known.bad = undefined;
      known.isTrusted = soon();
      return addresses;
    } catch (thrown) {
      known.isTrusted = false;
      known.bad = soon() ? undefined : { thrown, ms: elapsedMs() };
      if (!NO_ANSWER.test(codeOf(thrown))) known.good = undefined;
      throw thrown;
    }
  }

  function askOnce(host: string, known: Known): Promise<readonly Address[]> {
    if (known.asking !== undefined) return known.asking;
    const gate = known.isTrusted ? trusted : others;
    known.asking = gate(() => asked(host, known)).finally(() => {
      known.asking = undefined;
    });
    // Those who asked may have gone.
    known.asking.catch(() => undefined);
    return known.asking;
  }

  return async (host) => {
    const here = hosts(host);
    if (here !== undefined) return here;
    const known = knownOf(host);
    const good = isFresh(known.good, GOOD_FOR_MS, elapsedMs()) ? known.good?.addresses : undefined;
    if (known.bad !== undefined && isFresh(known.bad, BAD_FOR_MS, elapsedMs())) {
      if (good !== undefined) return good;
      throw known.bad.thrown;
    }
    const asking = askOnce(host, known);
    return good === undefined ? await asking : await answerOr(asking, good);
  };
}

function isFresh(one: { readonly ms: number } | undefined, forMs: number, nowMs: number): boolean {
  return one !== undefined && nowMs - one.ms < forMs;
}

/** The answer, or the last good one where it does not come. */
async function answerOr(
  asking: Promise<readonly Address[]>,
  good: readonly Address[],
): Promise<readonly Address[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Address[]>((resolve) => {
    timer = setTimeout(() => resolve(good), PATIENCE_MS);
  });
  const answer = asking.catch((thrown: unknown) => {
    if (NO_ANSWER.test(codeOf(thrown))) return good;
    throw thrown;
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
}
