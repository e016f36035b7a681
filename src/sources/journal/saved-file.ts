import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { StateFile } from '../../host/files/state-file.ts';
import { parseSaved, type SavedState, savedText } from './saved.ts';

/** What lasts beyond a restart, if anything does. */
export interface Saved {
  /** As it was left; undefined if there was nothing, or nothing that could be used. */
  readonly found: SavedState | undefined;
  /** Never throws: what cannot be saved is told, and tried again the next time. */
  save(state: SavedState | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Opens it; where that fails, that is told, and nothing lasts. */
export async function openSaved(open: () => Promise<StateFile>, log: Log): Promise<Saved> {
  let file: StateFile;
  try {
    file = await open();
  } catch (thrown) {
    log.warn(
      { err: messageOf(thrown) },
      'the place in the journal cannot be kept: a restart begins at its end',
    );
    return { found: undefined, save: async () => undefined, close: async () => undefined };
  }
  const found = file.found === undefined ? undefined : parseSaved(file.found);
  if (file.found !== undefined && found === undefined) {
    log.warn({}, 'the saved place in the journal is cut short or not ours: counting begins anew');
  }
  return { found, save: createSave(file, log), close: () => file.close() };
}

function createSave(file: StateFile, log: Log): Saved['save'] {
  let last = '';
  let told = '';
  return async (state) => {
    const text = state && savedText(state);
    if (text === undefined || text === last) return;
    try {
      await file.replace(text);
      last = text;
      told = '';
    } catch (thrown) {
      if (told !== messageOf(thrown))
        log.warn({ err: messageOf(thrown) }, 'the place in the journal was not saved');
      told = messageOf(thrown);
    }
  };
}
