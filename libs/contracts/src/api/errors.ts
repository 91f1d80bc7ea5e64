/** How a public error code is answered (RFC 9457): HTTP status and title. Codes are append-only. */
export interface ErrorCatalogEntry {
  readonly status: number;
  readonly title: string;
}

export const errorCatalog = {
  // the request itself
  MALFORMED_REQUEST: { status: 400, title: 'The request is not valid HTTP' },
  MALFORMED_BODY: { status: 400, title: 'The body is not valid JSON in UTF-8' },
  VALIDATION_FAILED: { status: 400, title: 'The request has invalid fields' },
  RESIDENCE_REQUIRED: {
    status: 400,
    title: 'The header Entrepot-Residence is missing or malformed',
  },
  BODY_TOO_LARGE: { status: 413, title: 'The body is larger than the limit' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body must be application/json, uncompressed, in UTF-8',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The request line and headers are larger than the limit',
  },
  REQUEST_TIMEOUT: { status: 408, title: 'The request took too long to arrive' },
  EXPECTATION_FAILED: {
    status: 417,
    title: 'The header Expect asks for something else than 100-continue',
  },
  NOT_FOUND: { status: 404, title: 'There is no such resource' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The method is not allowed here' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  // who and where
  UNAUTHENTICATED: { status: 401, title: 'The credentials are missing, expired or wrong' },
  FORBIDDEN: { status: 403, title: 'These credentials do not allow this' },
  HOME_CELL_ELSEWHERE: { status: 421, title: 'This account lives in another cell' },
  COUNTRY_NOT_SERVED: { status: 404, title: 'No cell serves this country' },
  // retries
  IDEMPOTENCY_KEY_REQUIRED: {
    status: 400,
    title: 'The header Idempotency-Key is missing or malformed',
  },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The key was used with another request' },
  REQUEST_IN_FLIGHT: { status: 409, title: 'A request with this key is in progress' },
  OUTCOME_UNKNOWN: { status: 503, title: 'The outcome is unknown; retry with the same key' },
  UNAVAILABLE: { status: 503, title: 'A service this request needs is not available' },
  INTERNAL: { status: 500, title: 'An internal error' },
  // orders
  CART_CHANGED: { status: 409, title: 'The cart is not the one that was shown' },
  CART_EMPTY: { status: 422, title: 'The cart has no lines' },
  PRICE_CHANGED: { status: 409, title: 'A price changed since the cart was shown' },
  DELIVERY_COUNTRY_NOT_SERVED: { status: 422, title: 'This cell does not deliver to that country' },
  PAYMENT_METHOD_NOT_OFFERED: { status: 422, title: 'This payment method is not offered here' },
  STOCK_SHORT: { status: 409, title: 'Not all lines can be had; each line says why' },
  STOCK_BUSY: { status: 503, title: 'Too many wait for stock; nothing was done, try again' },
  STOCK_UNDECIDED: { status: 409, title: 'Stock is being fetched; retry with the same key' },
  ORDER_EXPIRED: {
    status: 409,
    title: 'The order was not paid, or its stock not found, in time; nothing is held or charged',
  },
  PAYMENT_DECLINED: { status: 402, title: 'The payment was declined; the stock is released' },
  ORDER_NOT_PAYABLE: { status: 409, title: 'The order does not wait for another payment' },
  ORDER_TAKEN_UP_ELSEWHERE: { status: 409, title: 'Another request is at work on this order' },
  // carts
  CART_FULL: { status: 422, title: 'The cart holds as many lines as it can' },
  CART_TOO_MANY_DEVICES: { status: 422, title: 'Too many devices edit this cart' },
  CART_EDITS_TOO_FAR_AHEAD: { status: 422, title: 'Too many edits wait for an earlier one' },
  CART_EDIT_OUT_OF_ORDER: { status: 409, title: 'An earlier edit of this device is missing' },
  CART_CLOSED: {
    status: 409,
    title: 'The cart is being ordered, was ordered or merged into another',
  },
  CART_NOT_ORDERABLE: { status: 422, title: 'The cart holds something that cannot be ordered' },
  SKU_UNKNOWN: { status: 422, title: 'This cell sells no such SKU' },
  SALES_CHANNEL_UNKNOWN: { status: 422, title: 'This cell has no such sales channel' },
  SALES_CHANNEL_DIFFERS: { status: 422, title: 'The carts belong to different sales channels' },
  // catalog
  CATALOG_LEADER_ELSEWHERE: { status: 421, title: 'The catalog is written in another cell' },
  PRODUCT_CHANGED: { status: 412, title: 'The product was changed since it was read' },
  CATALOG_NAME_TAKEN: { status: 409, title: 'A slug, article number or option is taken' },
  CATALOG_REFERENCE_UNKNOWN: { status: 422, title: 'The edit names something that does not exist' },
  // people
  ACCOUNT_EXISTS: { status: 409, title: 'There is an account with this e-mail address' },
  AGE_DECLARATION_REQUIRED: {
    status: 422,
    title: 'The law of this country asks whether whoever registers is of age: send ageDeclaration',
  },
  MINOR_NOT_SERVED: { status: 422, title: 'Nobody under age is served; nothing was stored' },
  ADDRESS_LIMIT_REACHED: { status: 409, title: 'The account has as many addresses as it may have' },
  ACCOUNT_CHANGED: { status: 409, title: 'The account was changed by another request' },
  RESIDENCE_DIFFERS: { status: 422, title: 'The country is not the one in Entrepot-Residence' },
  SUBJECT_ERASED: { status: 410, title: 'This person has been erased' },
  SUBJECT_UNKNOWN: { status: 401, title: 'This cell does not know this person; sign in again' },
  ORIGIN_NOT_ALLOWED: { status: 403, title: 'The request does not come from this cell' },
  // people's rights
  FRESH_SIGN_IN_REQUIRED: {
    status: 403,
    title: 'This needs a sign-in of the last minutes; sign in again',
  },
  PURPOSE_REQUIRED: {
    status: 400,
    title: 'The header Entrepot-Purpose, by which staff say why they read, is missing or unknown',
  },
  GRIEVANCE_LIMIT_REACHED: {
    status: 409,
    title: 'As many complaints as may be open at once wait for an answer',
  },
  GRIEVANCE_ANSWERED: { status: 409, title: 'This complaint was answered before' },
  NOMINATION_NOT_OFFERED: { status: 422, title: 'The law of this country knows no nominees' },
  NOMINEE_LIMIT_REACHED: { status: 409, title: 'As many persons are named as may be' },
  NOMINEE_HEARD: { status: 409, title: 'This person was heard before' },
  CONSENT_TEXT_CHANGED: { status: 409, title: 'The text is not the newest; show it anew' },
  // forgetting
  ERASURE_OPEN: { status: 409, title: 'The erasure of this person is under way already' },
  ERASURE_NOT_WAITING: { status: 409, title: 'This erasure does not wait for an approval' },
  ERASURE_NEEDS_ANOTHER_PERSON: {
    status: 403,
    title: 'Another member of staff, who is not the person concerned, has to do this',
  },
  ERASURE_APPROVAL_REPLAYED: {
    status: 409,
    title: 'This officer has approved this erasure already',
  },
  ERASURE_PLAN_CHANGED: {
    status: 409,
    title: 'The plan is not the one that was shown; read it anew',
  },
  ERASURE_STATE_FORBIDS: { status: 409, title: 'The state of this erasure does not allow this' },
  ERASURE_NOT_EXTENDABLE: {
    status: 409,
    title: 'The time was extended before, or its first month has passed',
  },
  ERASURE_RULE_MISSING: {
    status: 409,
    title: 'The law of the country says nothing about a category that is stored',
  },
  ERASURE_STORE_UNKNOWN: {
    status: 409,
    title: 'A store holds something about persons and nobody answers for it',
  },
  LEGAL_CASE_CLOSED: { status: 409, title: 'This case was closed; it takes no further hold' },
  COHORT_ENDED: { status: 410, title: 'The time for which this was kept has passed' },
  ERASURE_NOT_CERTIFIED: { status: 404, title: 'This erasure has no signed certificate yet' },
  ERASURE_NOT_CONFIRMED: {
    status: 409,
    title: 'Whoever asks for this erasure has not signed its plan yet',
  },
  APPROVER_TOO_CLOSE: {
    status: 403,
    title: 'One of the two made, reset or raised the account of the other not long ago',
  },
  // step-up of staff
  APPROVAL_NEEDS_PASSKEY: { status: 403, title: 'This needs a signature by a passkey' },
  ASSERTION_INVALID: { status: 403, title: 'The signature of the passkey does not hold' },
  ASSERTION_REPLAYED: { status: 409, title: 'The signature of the passkey was used before' },
  PASSKEY_REFUSED: { status: 409, title: 'The passkey was not made here and now, or is known' },
  REAUTHENTICATION_REQUIRED: {
    status: 403,
    title: 'This needs a sign-in of the last minutes, or the password again',
  },
  ROLE_GRANT_NEEDS_ANOTHER_PERSON: {
    status: 403,
    title: 'A role is proposed and confirmed by two other persons than the one who gets it',
  },
  ROLE_GRANT_OPEN: { status: 409, title: 'This role of this member of staff is proposed already' },
  ACCOUNT_RESTRICTED: {
    status: 403,
    title: 'The data of this account is stored and not used while a request of the person is open',
  },
  // moving to another cell
  RELOCATION_AT_HOME: { status: 422, title: 'The country is at home in this cell already' },
  RELOCATION_CLOSED: { status: 409, title: 'The cell of that country takes no accounts in' },
  RELOCATION_NOT_OPEN: {
    status: 409,
    title:
      'This move was completed or withdrawn, a newer packet took its place, or its time is over',
  },
  RELOCATION_PACKET_MALFORMED: { status: 400, title: 'This is not a relocation packet' },
  RELOCATION_ORIGIN_UNKNOWN: { status: 422, title: 'The packet names a cell that is not known' },
  RELOCATION_PACKET_FORGED: {
    status: 422,
    title: 'The packet is not what a cell signed and sealed to this one',
  },
  RELOCATION_PACKET_ELSEWHERE: { status: 422, title: 'The packet is for another cell' },
  RELOCATION_PACKET_EXPIRED: { status: 410, title: 'The time of the packet is over' },
  RELOCATION_PACKET_USED: { status: 409, title: 'The packet was used' },
  RELOCATION_RECEIPT_INVALID: {
    status: 422,
    title: 'The receipt is not what the new home signed for this relocation',
  },
  RELOCATION_RECEIPT_EXPIRED: { status: 410, title: 'The time of the receipt is over' },
  // payments
  WEBHOOK_REFUSED: { status: 400, title: 'The webhook is not signed by the provider' },
  // stock
  WAREHOUSE_UNKNOWN: { status: 404, title: 'There is no such warehouse' },
  CELL_UNKNOWN: { status: 422, title: 'There is no such cell' },
  WAREHOUSE_ELSEWHERE: { status: 409, title: 'The warehouse belongs to another cell' },
  RECEIPT_CONTRADICTED: { status: 422, title: 'The delivery was received with other lines' },
  DOCUMENT_CONTRADICTED: {
    status: 422,
    title: 'The document, or the transfer it names, was carried out with other lines',
  },
  STOCK_POOL_UNKNOWN: { status: 404, title: 'This warehouse never had this article' },
  STOCK_ACCOUNT_SHORT: { status: 409, title: 'There are fewer units than a line takes' },
  STALE_POSITION: {
    status: 409,
    title: 'The warehouse did something to the article since it was counted; count again',
  },
  STOCK_NOT_ACTIVE: { status: 503, title: 'This cell changes no stock at the moment' },
  LOST_CELL_UNKNOWN: { status: 404, title: 'There is no such other cell' },
  LOST_CELL_NEEDS_ANOTHER_PERSON: {
    status: 403,
    title: 'A cell is declared lost by two persons, each once',
  },
  LOST_CELL_DECLARED: { status: 409, title: 'The cell is declared lost already' },
  LOST_CELL_LAPSED: { status: 409, title: 'This was proposed too long ago; propose it again' },
  LOST_CLAIM_TOO_HIGH: {
    status: 409,
    title: 'More units are taken back than the lost cell was given and did not give back',
  },
  RECOVERY_CASE_DECIDED: { status: 409, title: 'This case was decided otherwise' },
  RECOVERY_DECISION_UNFIT: { status: 422, title: 'This decision does not settle the case' },
  RECOVERY_CASE_UNSETTLED: {
    status: 409,
    title: 'Units of the article are still in doubt or owed',
  },
  STOCK_REGRESSED: { status: 409, title: 'The stock records of two cells contradict each other' },
} as const satisfies Record<string, ErrorCatalogEntry>;

export type ErrorCode = keyof typeof errorCatalog;
