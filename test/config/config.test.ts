import { describe, expect, it } from 'vitest';
import { CONFIG_DEFAULTS, type Config, envToConfig } from '#config/config.ts';

function configOf(env: Record<string, string | undefined>): Config {
  const outcome = envToConfig(env);
  if (outcome.kind === 'problems') throw new Error(outcome.problems.join('\n'));
  return outcome.config;
}

const problemsOf = (env: Record<string, string>): readonly string[] => {
  const outcome = envToConfig(env);
  return outcome.kind === 'problems' ? outcome.problems : [];
};

describe('envToConfig', () => {
  it('needs nothing at all', () => {
    expect(configOf({})).toMatchObject({ ...CONFIG_DEFAULTS, databaseUrl: null, logLevel: 'warn' });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(configOf({ DATABASE_URL: '', LOCKSTEP_PORT: '' })).toEqual(configOf({}));
  });

  it('reads every setting in its own unit', () => {
    const config = configOf({
      LOCKSTEP_DATA: '/srv/lockstep',
      DATABASE_URL: 'postgres://me@db/lockstep',
      LOCKSTEP_DATABASE_IDLE_SECONDS: '5',
      LOCKSTEP_EMBEDDER: 'static:/models/mine',
      LOCKSTEP_MODEL: 'openai:gpt-4.1-mini',
      LOCKSTEP_MODEL_TIMEOUT_SECONDS: '7',
      LOCKSTEP_CHUNK_TOKENS: '128',
      LOCKSTEP_ALLOW_NETWORKS: '10.0.0.0/8, fd00::/8',
      LOCKSTEP_PORT: '0',
    });
    expect(config).toMatchObject({
      dataFolder: '/srv/lockstep',
      databaseUrl: 'postgres://me@db/lockstep',
      databaseIdleMs: 5_000,
      embedder: 'static:/models/mine',
      model: 'openai:gpt-4.1-mini',
      modelTimeoutMs: 7_000,
      chunkTokensMax: 128,
      allowNetworks: ['10.0.0.0/8', 'fd00::/8'],
      port: 0,
    });
  });

  it('names every variable that is wrong, not only the first', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://db',
      LOCKSTEP_PORT: '70000',
      LOCKSTEP_ALLOW_NETWORKS: '10.0.0.0/8 nonsense',
      LOCKSTEP_LOG_LEVEL: 'loud',
    });
    for (const name of [
      'DATABASE_URL',
      'LOCKSTEP_PORT',
      'LOCKSTEP_ALLOW_NETWORKS',
      'LOCKSTEP_LOG_LEVEL',
    ]) {
      expect(problems.filter((problem) => problem.startsWith(`${name}:`))).toHaveLength(1);
    }
  });

  it.each([
    ['LOCKSTEP_EMBEDDER', 'magic'],
    ['LOCKSTEP_CHUNK_TOKENS', '3'],
    ['LOCKSTEP_CHUNK_TOKENS', 'many'],
    ['LOCKSTEP_PORT', '80.5'],
    ['OPENAI_BASE_URL', 'ftp://models'],
    ['LOCKSTEP_CRAWL_CONTACT', 'née@example.org\n'],
  ])('refuses %s=%s', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(name)]);
  });
});
