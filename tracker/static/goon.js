// A long move goes on by itself; without this, the person presses the button for each part.
document.querySelector("form[data-go-on]")?.requestSubmit();
