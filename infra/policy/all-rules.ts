import { DOOR_RULES } from "./door-rules.ts";
import { ENCRYPTION_RULES } from "./encryption-rules.ts";
import { EXPOSURE_RULES } from "./exposure-rules.ts";
import { IAM_RULES } from "./iam-rules.ts";
import type { PolicyRule } from "./rule.ts";

/** What must hold of every stack of every environment. */
export const POLICY_RULES: readonly PolicyRule[] = [
  ...IAM_RULES,
  ...ENCRYPTION_RULES,
  ...EXPOSURE_RULES,
  ...DOOR_RULES,
];
