import { useSetUp } from '../api/session'
import { messages } from '../messages'
import { CredentialsForm } from './CredentialsForm'
import classes from './places/places.module.css'

const texts = messages.session

/** The first user to be made; everybody else has to log in from then on. */
export function SetUp() {
  const setUp = useSetUp()
  return (
    <section className={classes.narrow}>
      <p className={classes.hint}>{texts.setUpHint}</p>
      <CredentialsForm label={texts.setUpTitle} submit={texts.setUp} entering={setUp} isNew />
    </section>
  )
}
