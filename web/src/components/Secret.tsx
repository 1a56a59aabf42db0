import { Button, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'

import { messages } from '../messages'
import classes from './places/places.module.css'

const texts = messages.account

/** What is shown once, to be copied. */
export function Secret({ secret, onDone }: { secret: string; onDone: () => void }) {
  const input = useRef<HTMLInputElement>(null)
  const [told, tell] = useState('')
  const copy = () => {
    input.current?.select()
    // Browsers have a clipboard only for pages that came by https or from this machine.
    if (!('clipboard' in navigator)) return tell(texts.copyByHand)
    navigator.clipboard.writeText(secret).then(
      () => tell(texts.copied),
      () => tell(texts.copyByHand),
    )
  }
  return (
    <section className={classes.aside} aria-label={texts.token}>
      <p role="status">{texts.made}</p>
      <TextInput ref={input} label={texts.token} value={secret} readOnly autoFocus onFocus={(event) => event.currentTarget.select()} />
      <div className={classes.buttons}>
        <Button size="xs" onClick={copy}>
          {texts.copy}
        </Button>
        <Button size="xs" variant="default" onClick={onDone}>
          {texts.done}
        </Button>
      </div>
      <p role="status">{told}</p>
    </section>
  )
}
