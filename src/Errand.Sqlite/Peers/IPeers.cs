using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Those who want to know what the writer has written, here and in other processes.</summary>
internal interface IPeers
{
    /// <summary>Whether other instances use the file.</summary>
    bool Any { get; }

    /// <summary>Passes on what was written here.</summary>
    /// <param name="hints">What was written; the list is used again afterwards.</param>
    void Tell(List<JobHint> hints);

    /// <summary>Another instance has written.</summary>
    void Wrote();
}
