import { type DataFrame, type Field, FieldType } from '@grafana/data';
import type { Job, TargetJson } from './job.ts';

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** The answer to a question, as Grafana's data source for Prometheus gives it to a panel. */
export async function framesOf(target: TargetJson, window: Job['window']): Promise<DataFrame[]> {
  const series = await ask(target, window);
  if (target.format === 'table') return series.length === 0 ? [] : [tableFrame(target, series)];
  return series.map((one) => seriesFrame(target, one));
}

async function ask({ expr, instant }: TargetJson, { start, end, step }: Job['window']) {
  const parameters: Record<string, string> = instant
    ? { query: expr, time: String(end) }
    : { query: expr, start: String(start), end: String(end), step: String(step) };
  const path = instant ? 'query' : 'query_range';
  const reply = await fetch(`/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters) });
  const body = (await reply.json()) as {
    error?: string;
    data?: { resultType: string; result: readonly Series[] };
  };
  if (body.data === undefined) throw new Error(body.error ?? 'Prometheus gave no answer');
  return body.data.resultType === 'scalar' ? [] : body.data.result;
}

function seriesFrame({ refId, legendFormat }: TargetJson, { metric, value, values }: Series): DataFrame {
  const points = values ?? (value === undefined ? [] : [value]);
  const { __name__: _, ...labels } = metric;
  const name = legendFormat === undefined || legendFormat === '' ? '' : legendText(legendFormat, metric);
  return {
    refId,
    length: points.length,
    fields: [
      field(
        'Time',
        FieldType.time,
        points.map(([seconds]) => seconds * 1000),
      ),
      {
        ...field(
          'Value',
          FieldType.number,
          points.map(([, text]) => Number(text)),
        ),
        labels,
        config: name === '' ? {} : { displayNameFromDS: name },
      },
    ],
  };
}

function legendText(format: string, labels: Readonly<Record<string, string>>): string {
  return format.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? '');
}

function tableFrame({ refId }: TargetJson, series: readonly Series[]): DataFrame {
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))];
  return {
    refId,
    length: series.length,
    fields: [
      field(
        'Time',
        FieldType.time,
        series.map(({ value }) => (value?.[0] ?? 0) * 1000),
      ),
      ...labels.map((label) =>
        field(
          label,
          FieldType.string,
          series.map(({ metric }) => metric[label] ?? ''),
        ),
      ),
      field(
        `Value #${refId}`,
        FieldType.number,
        series.map(({ value }) => Number(value?.[1])),
      ),
    ],
  };
}

function field(name: string, type: FieldType, values: unknown[]): Field {
  return { name, type, config: {}, values };
}
