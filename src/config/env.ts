/** The only place that reads the environment. */
export const readEnvironment = (): Readonly<Record<string, string | undefined>> => process.env;
