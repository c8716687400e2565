import { answer, api, type Schemas } from '@/api/client'
import { wallTime, wallTimeOf } from '@/format/time'
import { textsOf } from '@/i18n'
import timeTexts from '@/i18n/parts/time'
import { useClock } from './clock'
import { useNotices } from './notices'

export type Move = Schemas['manage.SetClockRequest']

/** What leads back to where a clock stood. */
function way(back: Schemas['manage.Clock']): Move {
  const owner = back.mchid && { mchid: back.mchid }
  if (back.state === 'REAL') return { ...owner, action: 'RESUME' }
  return { ...owner, action: back.state === 'FROZEN' ? 'FREEZE' : 'SET', time: back.business_time }
}

/** Moves the business time of a sandbox, and offers the way back. */
export function useTravel() {
  const clock = useClock()
  const notices = useNotices()

  async function before(owner: string | undefined): Promise<Schemas['manage.Clock'] | undefined> {
    if (owner) return answer(api.GET('/manage/v1/clock', { params: { query: { mchid: owner } } }))
    return clock.reading && { ...clock.reading, business_time: wallTimeOf(clock.business ?? 0).replace(' ', 'T') + '+08:00' }
  }
  /** Moves it; what is done afterwards is done after the way back, too. A refusal is thrown. */
  async function move(body: Move, after?: () => unknown): Promise<void> {
    const back = await before(body.mchid)
    const now = await answer(api.POST('/manage/v1/clock', { body }))
    clock.set(now)
    const undo = async () => {
      clock.set(await answer(api.POST('/manage/v1/clock', { body: way(back!) })))
      await after?.()
    }
    notices.done(textsOf(timeTexts)('time.now', { time: wallTime(now.business_time) }), back && undo)
    await after?.()
  }
  return { move }
}
