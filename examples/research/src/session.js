// Seconds. Raised from 30 minutes for the support team.
export const SESSION_TTL = 45 * 60;
