import { Button } from '@mantine/core'

import { useKeepPreferences, usePreferences } from '../api/preferences'
import { useSession } from '../api/session'
import { messages } from '../messages'
import type { Show } from '../useView'
import classes from './places/places.module.css'

const texts = messages.session

/** That nobody has to log in yet, until somebody says that it is to stay so. */
export function OpenDoor({ show }: { show: Show }) {
  const session = useSession().data
  const preferences = usePreferences()
  const keep = useKeepPreferences()
  if (!session?.setup_needed || !preferences.data || preferences.data.openDoor === true) return null
  return (
    <section className={classes.aside} aria-label={texts.goSetUp}>
      <p>{texts.open}</p>
      <div className={classes.buttons}>
        <Button size="xs" variant="default" onClick={() => show({ place: 'users' })}>
          {texts.goSetUp}
        </Button>
        <Button size="xs" variant="subtle" onClick={() => keep.mutate({ openDoor: true })}>
          {texts.goOn}
        </Button>
      </div>
    </section>
  )
}
