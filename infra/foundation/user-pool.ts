import { Construct } from "constructs";
import { CognitoUserGroup, CognitoUserPool, CognitoUserPoolClient, CognitoUserPoolDomain } from "../aws.ts";
import type { MeridianStack } from "../stack.ts";

/**
 * The traders. One pool in the home Region: tokens are verified anywhere by its public keys, so a lost home Region stops new sign-ins but not
 * sessions and API keys.
 */
export class UserPool extends Construct {
  readonly issuer: string;
  readonly clientId: string;

  constructor(stack: MeridianStack) {
    super(stack, "users");
    const { domain } = stack.environment.owner;
    const pool = new CognitoUserPool(this, "pool", {
      name: stack.named("users"),
      usernameAttributes: ["email"],
      autoVerifiedAttributes: ["email"],
      mfaConfiguration: "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
      passwordPolicy: {
        minimumLength: 12,
        requireLowercase: false,
        requireNumbers: false,
        requireSymbols: false,
        requireUppercase: false,
        temporaryPasswordValidityDays: 3,
      },
      accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdate: ["email"] },
      deletionProtection: stack.environment.deletionProtection ? "ACTIVE" : "INACTIVE",
      lifecycle: { preventDestroy: stack.environment.deletionProtection },
    });
    new CognitoUserPoolDomain(this, "domain", {
      domain: `${stack.named("users")}-${stack.accountId}`,
      userPoolId: pool.id,
    });
    new CognitoUserGroup(this, "operators", {
      name: "operators",
      description: "may open, halt and pause markets",
      userPoolId: pool.id,
    });
    const client = new CognitoUserPoolClient(this, "page", {
      name: "page",
      userPoolId: pool.id,
      generateSecret: false,
      explicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: ["openid", "email"],
      supportedIdentityProviders: ["COGNITO"],
      callbackUrls: [`https://${domain}/`],
      logoutUrls: [`https://${domain}/`],
      accessTokenValidity: 1,
      idTokenValidity: 1,
      refreshTokenValidity: 30,
      tokenValidityUnits: [{ accessToken: "hours", idToken: "hours", refreshToken: "days" }],
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
    });
    this.issuer = `https://cognito-idp.${stack.region}.amazonaws.com/${pool.id}`;
    this.clientId = client.id;
  }
}
