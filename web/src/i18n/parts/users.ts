import en from '../en/users.json'
import zh from '../zh/users.json'
import { part } from '../part'

export default part('users', zh, en)
