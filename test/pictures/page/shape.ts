import {
  type DataFrame,
  type DataTransformerConfig,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import { lastValueFrom } from 'rxjs';
import type { PanelJson } from './job.ts';

const USED = [
  standardTransformers.mergeTransformer,
  standardTransformers.organizeFieldsTransformer,
  standardTransformers.filterFieldsByNameTransformer,
  standardTransformers.sortByTransformer,
  standardTransformers.orderFieldsTransformer,
  standardTransformers.renameFieldsTransformer,
  standardTransformers.filterFieldsTransformer,
  standardTransformers.noopTransformer,
];

/** Tells Grafana's library which transformations there are; its core does it at the start. */
export function registerTransformations(): void {
  standardTransformersRegistry.setInit(() =>
    USED.map((transformation) => ({
      id: transformation.id,
      name: transformation.name,
      transformation: async () => transformation,
      // Nobody edits anything here.
      editor: () => null,
      imageDark: '',
      imageLight: '',
    })),
  );
}

/** The frames after the transformations of the panel. */
export async function shaped(frames: DataFrame[], panel: PanelJson): Promise<DataFrame[]> {
  const steps: DataTransformerConfig[] = (panel.transformations ?? []).map((one) => ({ ...one }));
  if (panel.type === 'table' && (panel.targets ?? []).length === 1) {
    frames = frames.map((frame) => ({
      ...frame,
      fields: frame.fields.map((field) =>
        field.name.startsWith('Value #') ? { ...field, name: 'Value' } : field,
      ),
    }));
  }
  return steps.length === 0 ? frames : await lastValueFrom(transformDataFrame(steps, frames));
}
