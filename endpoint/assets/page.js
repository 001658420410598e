// Comfort, and nothing that is needed: a button that copies what is shown once, and one press for one change.

for (const button of document.querySelectorAll('button.copy')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
  });
}

for (const form of document.querySelectorAll('form[method="post"]')) {
  let sent = false;
  form.addEventListener('submit', (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
}

// A page that comes back from the browser's memory can be sent again.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) window.location.reload();
});
