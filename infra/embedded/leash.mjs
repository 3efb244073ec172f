/** Loaded before a supervised program: it does not outlive its supervisor, however that one ended. */
process.on('disconnect', () => process.exit(1));
// The channel alone does not keep the program running.
process.channel?.unref();
