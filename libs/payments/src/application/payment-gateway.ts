import type { Money, PaymentId } from '@entrepot/kernel';
import type { PaymentMethod, ProviderState } from '../domain/payment.ts';

/** What the provider is told: our id and the money. No name, address, e-mail or description. */
export interface PaymentReference {
  readonly paymentId: PaymentId;
  readonly amount: Money;
  /** The provider's id, once known. */
  readonly providerReference: string | undefined;
}

export interface AuthorizationRequest extends PaymentReference {
  readonly method: PaymentMethod;
  /** What the provider's browser library handed out, where the method has one. */
  readonly methodToken: string | undefined;
}

/** What the provider says, checked to be about the payment and the amount that were asked for. */
export interface GatewayPayment {
  /** Undefined only where the provider refused before it wrote anything down. */
  readonly providerReference: string | undefined;
  readonly state: ProviderState;
  /** Lower-case code of the provider; only of a declined payment. */
  readonly declineCode: string | undefined;
  /** Where the shopper approves; only while an action is required. */
  readonly actionUrl: string | undefined;
}

/** A webhook, verified; everything else it carried is forgotten. */
export interface GatewayEvent {
  readonly eventId: string;
  readonly type: string;
  /** Undefined for events about anything but a payment of ours. */
  readonly paymentId: PaymentId | undefined;
  readonly amount: Money | undefined;
  readonly state: ProviderState | undefined;
}

export interface WebhookRequest {
  /** The bytes as they came: the signature is over them, not over what they parse to. */
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * A payment provider. Every call may be repeated: the same payment id means the same payment, whatever
 * was lost on the way. Throws OutcomeUnknownError when the provider did not say whether it acted.
 */
export abstract class PaymentGateway {
  /** Lower-case name, written into payments and events. */
  abstract readonly provider: string;
  abstract readonly methods: readonly PaymentMethod[];

  /** Reserves the money, or says why not; nothing is taken yet. */
  abstract authorize(request: AuthorizationRequest): Promise<GatewayPayment>;
  /** Takes the whole amount that was authorized. */
  abstract capture(reference: PaymentReference): Promise<GatewayPayment>;
  /** Lets go of the money; answers `captured` when it was taken already. */
  abstract void(reference: PaymentReference): Promise<GatewayPayment>;
  /** What the provider knows; undefined when it has never heard of the payment. */
  abstract lookUp(reference: PaymentReference): Promise<GatewayPayment | undefined>;
  /** Throws WEBHOOK_REFUSED unless the provider signed these bytes. */
  abstract readWebhook(request: WebhookRequest): GatewayEvent;
}
