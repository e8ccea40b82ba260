import { NAMELESS, type OperatorKey, parseOperators } from "#services/gateway/operators/operators.ts";
import { CommandLineError } from "./fatal.ts";

/**
 * Who may run the platform: `MERIDIAN_OPERATORS` names them (`ada:TOKEN,grace:TOKEN`), `MERIDIAN_OPERATOR_TOKEN` is the token of one without a name. From the environment: what stands on a command line is there for all to see. Throws `CommandLineError`.
 */
export function operatorsFromEnvironment(env: NodeJS.ProcessEnv = process.env): readonly OperatorKey[] {
  const { MERIDIAN_OPERATORS: named, MERIDIAN_OPERATOR_TOKEN: token } = env;
  const keys = named ? parseOperators(named) : [];
  if (keys === undefined) {
    throw new CommandLineError(
      "MERIDIAN_OPERATORS must be name:token,name:token: names of lowercase letters, digits and dashes, each name and each token once.",
    );
  }
  // The shell of an operator may hold that one's own token.
  if (!token || keys.some((key) => key.token === token)) return keys;
  return [...keys, { name: NAMELESS, token }];
}
