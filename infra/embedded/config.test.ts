import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig, VARIABLES } from './config.js';

describe('configuration', () => {
  it('needs nothing: the demo on port 4000, for this machine only', () => {
    expect(readConfig({})).toMatchObject({ port: 4000, host: '127.0.0.1', profile: 'demo', demo: true, publicUrl: undefined });
  });

  it('takes what is empty as not set', () => {
    expect(readConfig({ PORT: '', PLAZA_DEMO: '', PLAZA_PUBLIC_URL: '' })).toEqual(readConfig({}));
  });

  it('is not bothered by the other variables of an environment', () => {
    expect(readConfig({ PATH: '/bin', PLAZA: 'x' })).toEqual(readConfig({}));
  });

  it.each([
    ['PORT', 'http', 'PORT must be a whole number from 0 to 65535, not "http"'],
    ['PORT', '-1', 'PORT must be a whole number from 0 to 65535, not "-1"'],
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535, not "65536"'],
    ['PORT', '4000.5', 'PORT must be a whole number from 0 to 65535, not "4000.5"'],
    ['PLAZA_DEMO', 'yes', 'PLAZA_DEMO must be 0 or 1, not "yes"'],
    ['PLAZA_PROFILE', 'prod', 'PLAZA_PROFILE must be demo or production, not "prod"'],
    ['PLAZA_PUBLIC_URL', 'plaza', 'PLAZA_PUBLIC_URL must be an address that begins with http:// or https://, not "plaza"'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be silent or error or warn or info or debug, not "loud"'],
  ])('names %s when it is "%s"', (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(new ConfigError(message));
  });

  it('answers any text in any variable with a configuration or one line', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(VARIABLES)), fc.string(), (name, value) => {
        try {
          readConfig({ [name]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect((error as ConfigError).message).toContain(name);
        }
      }),
    );
  });

  it('drops the slash at the end of the public address', () => {
    expect(readConfig({ PLAZA_PUBLIC_URL: 'https://plaza.example/' }).publicUrl).toBe('https://plaza.example');
  });
});

describe('the production profile', () => {
  const secrets = { PLAZA_INTERNAL_SECRET_FILE: '/run/secrets/plaza', PLAZA_SIGNING_KEY: '{}' };

  it('listens on every address and writes no demo', () => {
    expect(readConfig({ PLAZA_PROFILE: 'production', ...secrets })).toMatchObject({ host: '0.0.0.0', demo: false });
  });

  it('refuses demo data', () => {
    expect(() => readConfig({ PLAZA_PROFILE: 'production', PLAZA_DEMO: '1', ...secrets })).toThrow('PLAZA_DEMO must be 0');
  });

  it('refuses faults on request', () => {
    expect(() => readConfig({ PLAZA_PROFILE: 'production', PLAZA_FAILPOINTS: '/tmp', ...secrets })).toThrow('PLAZA_FAILPOINTS is refused');
    expect(readConfig({ PLAZA_FAILPOINTS: '/tmp' })).toEqual(readConfig({}));
  });

  it('refuses secrets made by itself', () => {
    expect(() => readConfig({ PLAZA_PROFILE: 'production' })).toThrow('PLAZA_INTERNAL_SECRET_FILE must be set');
    expect(() => readConfig({ ...secrets, PLAZA_PROFILE: 'production', PLAZA_SIGNING_KEY: '' })).toThrow('PLAZA_SIGNING_KEY must be set');
  });
});
