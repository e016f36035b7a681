import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptedFormat, acceptsGzip } from '../../src/http/accept.ts';
import { anyText } from '../fakes/any-text.ts';

/** What the scrapers of the field send. */
const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';
const WITH_PROTOBUF =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8';

describe('acceptedFormat', () => {
  it.each([
    ['Prometheus 2', PROMETHEUS_2],
    ['Prometheus 3', PROMETHEUS_3],
    ['a scraper that would like protobuf best', WITH_PROTOBUF],
    ['a higher q', 'text/plain;q=0.3,application/openmetrics-text;q=0.5'],
    ['a q in front of the version', 'application/openmetrics-text; q=0.5; version=1.0.0, text/plain;q=0.1'],
    ['OpenMetrics of any version', 'application/openmetrics-text'],
    ['a version in quotes', 'application/openmetrics-text; version="1.0.0"'],
    ['other letters', 'Application/OpenMetrics-Text; Version=1.0.0; Q=1'],
    ['the same q, OpenMetrics first', 'application/openmetrics-text,text/plain'],
    ['any application', 'application/*'],
    ['everything but text', 'text/*;q=0,*/*;q=0.5'],
    ['text exactly less than all', 'text/plain;q=0.2,application/openmetrics-text;q=0.3,*/*;q=0.9'],
  ])('is OpenMetrics for %s', (_, accept) => {
    expect(acceptedFormat(accept)).toBe('openmetrics');
  });

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['a browser', BROWSER],
    ['curl', '*/*'],
    ['something else', 'image/png'],
    ['protobuf alone', 'application/vnd.google.protobuf;encoding=delimited'],
    ['an older OpenMetrics', 'application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5'],
    ['a later OpenMetrics alone', 'application/openmetrics-text;version=2.0.0'],
    ['OpenMetrics refused', 'application/openmetrics-text;q=0,*/*;q=0.1'],
    ['OpenMetrics with a q that is no number', 'application/openmetrics-text;q=high'],
    ['OpenMetrics with an empty q', 'application/openmetrics-text;q='],
    ['OpenMetrics with a q out of range', 'application/openmetrics-text;q=7'],
    ['OpenMetrics liked less', 'application/openmetrics-text;q=0.4,text/plain;version=0.0.4;q=0.5'],
    ['OpenMetrics liked less than anything', 'application/openmetrics-text;q=0.4,*/*;q=0.5'],
    ['the same q, text first', 'text/plain,application/openmetrics-text'],
  ])('is the text format for %s', (_, accept) => {
    expect(acceptedFormat(accept)).toBe('text');
  });

  it('goes by q, whatever the order, the space and the strangers', () => {
    const quality = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
    const stranger = fc.constantFrom('text/html', 'image/*;q=0.9', 'nonsense', '', ';;', 'a/b;c=d');
    fc.assert(
      fc.property(
        quality,
        quality,
        fc.array(stranger),
        fc.constantFrom(',', ' , '),
        (open, text, others, comma) => {
          fc.pre(open !== text);
          const entries = [
            ...others,
            `application/openmetrics-text;version=1.0.0;q=${open}`,
            `text/plain; q=${text}`,
          ];
          const expected = open > text ? 'openmetrics' : 'text';
          expect(acceptedFormat(entries.join(comma))).toBe(expected);
          expect(acceptedFormat(entries.reverse().join(comma))).toBe(expected);
        },
      ),
    );
  });

  it('gives some format for any header', () => {
    fc.assert(fc.property(anyText(), (accept) => ['text', 'openmetrics'].includes(acceptedFormat(accept))));
  });
});

describe('acceptsGzip', () => {
  it.each([
    'gzip',
    'x-gzip',
    'GZIP',
    'gzip, deflate, br',
    'deflate, gzip;q=0.001',
    'br;q=1.0, gzip;q=0.8, *;q=0.1',
    '*',
    'identity;q=0.5, gzip;q=0.5',
    'identity;q=0, *',
  ])('is so for %s', (header) => {
    expect(acceptsGzip(header)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'identity',
    'deflate, br',
    'gzip;q=0',
    'gzip;q=0.000',
    'gzip;q=0, *',
    '*;q=0',
    'gzip;q=maybe',
    'gzippy',
    'identity, gzip;q=0.5',
  ])('is not so for %s', (header) => {
    expect(acceptsGzip(header)).toBe(false);
  });
});
