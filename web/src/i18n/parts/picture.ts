import en from '../en/picture.json'
import zh from '../zh/picture.json'
import { part } from '../part'

export default part('picture', zh, en)
