// Runs before the first paint, so that no page flashes in the wrong theme or language.
(function () {
  var root = document.documentElement
  var kept = function (name) {
    try {
      return localStorage.getItem('favord.' + name)
    } catch {
      return null
    }
  }
  var theme = kept('theme')
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.classList.toggle('dark', dark)
  var asked = new URLSearchParams(location.search).get('lang')
  var language = asked === 'zh' || asked === 'en' ? asked : kept('language') || (/^zh/i.test(navigator.language) ? 'zh' : 'en')
  root.lang = language === 'en' ? 'en' : 'zh-CN'
})()
