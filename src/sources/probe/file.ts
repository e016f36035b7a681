import type { FileSettings } from '../../domain/probes/files.ts';
import { lookAt } from '../../host/files/look-at.ts';
import { createKernelQuestion } from '../../host/slow/kernel-question.ts';
import type { Ask } from './asking.ts';
import { answerOf } from './file-answer.ts';
import type { PlacesOf } from './file-places.ts';
import { judgeFile } from './judge-file.ts';

/** What probes of files are given. */
export interface FileDeps {
  readonly placesOf: PlacesOf;
  /** Unix seconds. */
  readonly nowSeconds: () => number;
}

/** Asks whether a file is as it should be; never reads what it holds. */
export function askFile(settings: FileSettings, { placesOf, nowSeconds }: FileDeps): Ask {
  const { path } = settings;
  const look = createKernelQuestion(path, () => lookAt(path));

  return async (signal, found) => {
    const seen = await answerOf(look(placesOf(path), signal), path, found);
    if (seen.kind === 'file') {
      found.sizeBytes = seen.bytes;
      found.modifiedSeconds = seen.modifiedSeconds;
    }
    judgeFile(settings, seen, nowSeconds());
  };
}
