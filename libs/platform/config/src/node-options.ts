/** The options with which Node was started, from the command line and from NODE_OPTIONS. */
export const nodeOptions = (): readonly string[] => [
  ...process.execArgv,
  ...(process.env.NODE_OPTIONS ?? '').split(/\s+/).filter((option) => option !== ''),
];
