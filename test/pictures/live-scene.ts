import { startScene } from '../dashboards/scene/scene.ts';

/** A Prometheus that has watched the scene of the tests for a while. */
export interface LiveScene {
  readonly address: string;
  stop(): Promise<void>;
}

/** How long nothing new happens between two rounds of failures and repairs. */
const QUIET_SECONDS = 60;

/** Long enough that lines over some minutes show it. */
const FAILED_MS = 12_000;

/** Starts the scene and lets its failures and repairs happen again and again, for at least `seconds`. */
export async function liveScene(seconds: number): Promise<LiveScene> {
  console.log(`two hosts start, and are watched for ${Math.round(seconds / 60)} minutes then`);
  const { prometheus, happenSlowly, stop } = await startScene();
  const stopped = () => stop().finally(() => process.exit(1));
  process.once('SIGINT', stopped).once('SIGTERM', stopped);
  try {
    const until = Date.now() + seconds * 1000;
    while (Date.now() < until) {
      await happenSlowly(FAILED_MS);
      await new Promise((resolve) => setTimeout(resolve, QUIET_SECONDS * 1000));
    }
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return { address: prometheus.url, stop };
}
