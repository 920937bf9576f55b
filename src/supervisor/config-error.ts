// What is wrong with the settings, as a text for the operator.

/** The settings do not make sense; the message is for the operator and says the remedy. */
export class ConfigError extends Error {
  override name = "ConfigError";
}
