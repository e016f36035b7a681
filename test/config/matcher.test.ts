import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMatcher } from '../../src/config/matcher.ts';
import { anyText } from '../fakes/any-text.ts';

describe('parseMatcher', () => {
  it.each([
    ['unit = "a.service"', 'a.service', true],
    ['unit = "a.service"', 'b.service', false],
    ['unit="a.service"', 'a.service', true],
    ['  unit  =  "a.service"  ', 'a.service', true],
    ['unit = a.service', 'a.service', true],
    ['unit = a.service', 'aXservice', false],
    ['unit != "a.service"', 'a.service', false],
    ['unit != "a.service"', 'b.service', true],
    ['unit =~ "a|b"', 'b', true],
    ['unit =~ "a|b"', 'c', false],
    ['unit =~ a.+', 'abc', true],
    ['unit !~ "a|b"', 'b', false],
    ['unit !~ "a|b"', 'c', true],
  ])('%s on "%s" says %s', (text, value, result) => {
    expect(parseMatcher(text).matches(value)).toBe(result);
  });

  it.each([
    ['unit =~ "comfyui"', 'comfyui@a.service'],
    ['unit =~ "service"', 'a.service'],
    ['unit =~ "a|b"', 'ab'],
    ['unit =~ "a|b"', 'xb'],
    ['unit =~ "a"', 'a\nb'],
    ['unit =~ "^a$"', 'a\n'],
  ])('%s must match the whole value, so not "%s"', (text, value) => {
    expect(parseMatcher(text).matches(value)).toBe(false);
  });

  it.each([
    ['unit = ""', true],
    ['unit = "a"', false],
    ['unit != ""', false],
    ['unit != "a"', true],
    ['unit =~ ".*"', true],
    ['unit =~ ".+"', false],
    ['unit !~ ".+"', true],
    ['unit !~ ".*"', false],
  ])('%s on a missing label, which is an empty text, says %s', (text, result) => {
    expect(parseMatcher(text).matches('')).toBe(result);
  });

  it.each([
    ['a quote', 'x = "say \\"hi\\""', 'say "hi"'],
    ['a backslash', 'x = "C:\\\\tmp"', 'C:\\tmp'],
    ['a newline', 'x = "a\\nb"', 'a\nb'],
    ['a backslash before n', 'x = "a\\\\nb"', 'a\\nb'],
    ['a backslash before any other letter', 'x = "a\\.b"', 'a\\.b'],
    ['a real newline', 'x = "a\nb"', 'a\nb'],
    ['braces, commas and spaces', 'x = "{a, b}"', '{a, b}'],
    ['an operator', 'x = "a=~b"', 'a=~b'],
    ['spaces at the ends', 'x = " a "', ' a '],
  ])('understands %s in quotes', (_, text, value) => {
    expect(parseMatcher(text).matches(value)).toBe(true);
  });

  it('lets a dot be escaped once or twice', () => {
    for (const text of ['unit =~ "vllm@.+\\.service"', 'unit =~ "vllm@.+\\\\.service"']) {
      expect(parseMatcher(text).matches('vllm@a.service')).toBe(true);
      expect(parseMatcher(text).matches('vllm@aXservice')).toBe(false);
    }
  });

  it('gives the label, and the text without the space around it', () => {
    expect(parseMatcher(' severity =~ "a|b" ')).toMatchObject({
      label: 'severity',
      text: 'severity =~ "a|b"',
    });
  });

  it.each(['', 'unit', 'unit "a"', '= "a"', '1unit = "a"', 'unit-name = "a"', '{unit="a"}', 'unit == "a"x"'])(
    'takes "%s" for no matcher',
    (text) => {
      expect(() => parseMatcher(text)).toThrow(/^expected an Alertmanager matcher such as/);
    },
  );

  it.each(['unit == a', 'unit =="a"', 'unit ==a'])('says of "%s" that one = is enough', (text) => {
    expect(() => parseMatcher(text)).toThrow(/^expected an Alertmanager matcher such as .*, with one =$/);
  });

  it.each([
    'unit =',
    'unit = a b',
    'unit = "a',
    'unit = a"',
    'unit = {a}',
    'unit = a, b = c',
    'unit = "a" "b"',
  ])('asks for quotes around the value of "%s"', (text) => {
    expect(() => parseMatcher(text)).toThrow('put the value in double quotes');
  });

  it.each(['unit =~ "a("', 'unit =~ "*"', 'unit !~ "[a"', 'unit =~ "(?=a)"', 'unit =~ "(a)\\1"'])(
    'objects to the expression in %s',
    (text) => {
      expect(() => parseMatcher(text)).toThrow(/error parsing regexp/);
    },
  );

  it('compares any value that is quoted and escaped', () => {
    fc.assert(
      fc.property(anyText(), anyText(), (value, other) => {
        const quoted = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
        const { matches } = parseMatcher(`x = "${quoted}"`);
        expect(matches(value)).toBe(true);
        expect(matches(other)).toBe(other === value);
      }),
    );
  });

  it('answers a hostile value at once, whatever the expression', () => {
    // Backtracking engines need 2^60 steps for this.
    expect(parseMatcher('x =~ "(a+)+b"').matches('a'.repeat(60))).toBe(false);
  });
});
