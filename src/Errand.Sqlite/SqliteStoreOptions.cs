namespace Errand.Sqlite;

/// <summary>Where the file is, and how it is shared.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>The file. Its folder is made where it is missing; while it is open, files and a folder with longer names stand beside it.</summary>
    public required string Path { get; init; }

    /// <summary>How long a write waits for another process that holds the file's lock before it fails. Default: 5 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether instances on one file, in this and other processes, tell each other at once what they have written, by sockets in a folder
    /// beside the file. Without it they notice within <see cref="PollInterval"/>. Default: true.
    /// </summary>
    public bool Doorbell { get; init; } = true;

    /// <summary>How often to look whether another instance has written, for what the doorbell may have missed. Default: 250 ms.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many commits the feed of changes goes back. Default: 4096.</summary>
    public int ChangesKept { get; init; } = 4096;

    /// <summary>Changes every SQL text and script before it is prepared, so that tests can see whether they notice a guard that is missing.</summary>
    internal Func<string, string>? RewriteSql { get; init; }

    /// <summary>How many pages the file may have, so that tests can fill it.</summary>
    internal int? MaxPages { get; init; }

    internal IReadOnlyList<Migration> Migrations { get; init; } = Migration.All;
}
