import en from '../en/passkeys.json'
import zh from '../zh/passkeys.json'
import { part } from '../part'

export default part('passkeys', zh, en)
