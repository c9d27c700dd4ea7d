/** @see RFC 7523 section 2.1 */
export const jwtBearerGrantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** @see RFC 8693 section 2.1 */
export const tokenExchangeGrantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** @see RFC 8628 section 3.4 */
export const deviceCodeGrantType = 'urn:ietf:params:oauth:grant-type:device_code'
/** @see OpenID Connect CIBA Core 1.0 section 10.1 */
export const cibaGrantType = 'urn:openid:params:grant-type:ciba'
