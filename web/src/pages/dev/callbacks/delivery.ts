import type { Tone } from '@/parts/Chip.vue'

export const tones: Record<string, Tone> = { PENDING: 'warn', DELIVERED: 'good', DEAD: 'bad' }
