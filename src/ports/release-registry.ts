import type { AnswerRecord, ApiKey, Feedback } from '../domain/answer.ts';
import type { Channel, ChannelMove, MoveRequest } from '../domain/channel.ts';
import type { Pairing, PairingManifest } from '../domain/pairing.ts';

export interface PairingRegistry {
  /** Registers a manifest; the same one again gives back its pairing. */
  register(manifest: PairingManifest, at: string): Promise<Pairing>;
  /** By id or an unambiguous prefix of it. Rejects with `not_found`, `invalid_input` (ambiguous). */
  get(id: string): Promise<Pairing>;
  list(): Promise<readonly Pairing[]>;
}

/** Channels and their append-only histories. */
export interface ChannelRegistry {
  /** Rejects with `unknown_channel` naming those there are. */
  get(name: string): Promise<Channel>;
  list(): Promise<readonly Channel[]>;
  /** Oldest first; of one channel, or of all. */
  history(channel: string | null): Promise<readonly ChannelMove[]>;
  /**
   * Appends a move and points the channel at it, in one transaction. Rejects with `already_exists`
   * when another move took the number meanwhile.
   */
  move(request: MoveRequest): Promise<ChannelMove>;
}

/** What was answered, and what people thought of it. */
export interface AnswerRegistry {
  record(record: AnswerRecord): Promise<void>;
  /** Rejects with `not_found`. */
  get(id: string): Promise<AnswerRecord>;
  /** Newest first. */
  list(limit: number): Promise<readonly AnswerRecord[]>;
  /** Rejects with `not_found` when there is no such answer. */
  addFeedback(feedback: Feedback): Promise<void>;
  feedback(answerId: string): Promise<readonly Feedback[]>;
}

export interface KeyRegistry {
  add(key: ApiKey): Promise<void>;
  /** The unrevoked key with this hash. */
  findByHash(hash: string): Promise<ApiKey | null>;
  list(): Promise<readonly ApiKey[]>;
  /** Rejects with `not_found`. */
  revoke(id: string, at: string): Promise<void>;
}
