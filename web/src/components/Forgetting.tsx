import { Alert, Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'

import { useForget } from '../api/missing'
import { messages } from '../messages'
import { ProblemAlert } from './ProblemAlert'
import classes from './places/places.module.css'

const texts = messages.missing
const AGES = [0, 7, 30, 90, 365] // days

/** The way to forget what has been missing for long: asked once more, and told how many there were. */
export function Forgetting() {
  const forget = useForget()
  const [days, setDays] = useState(0)
  const [asked, ask] = useState(false)
  const mean = () => forget.mutate(days, { onSuccess: () => ask(false) })
  return (
    <div className={classes.part}>
      <div className={classes.line}>
        <NativeSelect
          label={texts.older}
          value={days}
          onChange={(event) => setDays(Number(event.currentTarget.value))}
          data={AGES.map((age) => ({ value: String(age), label: texts.days(age) }))}
        />
        {!asked && (
          <Button className={classes.low} variant="outline" color="red" onClick={() => ask(true)}>
            {texts.forget}
          </Button>
        )}
      </div>
      {asked && (
        <Alert color="red" role="alertdialog" aria-label={texts.confirm}>
          <p className={classes.meant}>{texts.meant(days)}</p>
          <div className={classes.buttons}>
            <Button size="xs" color="red" loading={forget.isPending} onClick={mean} autoFocus>
              {texts.confirm}
            </Button>
            <Button size="xs" variant="default" onClick={() => ask(false)}>
              {texts.cancel}
            </Button>
          </div>
        </Alert>
      )}
      {forget.error && <ProblemAlert error={forget.error} onRetry={mean} />}
      {forget.data && (
        <p role="status">
          {texts.forgotten(forget.data.forgotten)} {forget.data.left > 0 && texts.left(forget.data.left)}
        </p>
      )}
    </div>
  )
}
