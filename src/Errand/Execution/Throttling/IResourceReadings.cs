namespace Errand;

/// <summary>
/// What the machine has left. Errand brings readings of its own; a host that knows better registers others. They are asked at most once a
/// second, and only for what <see cref="ThrottleOptions"/> sets a limit to; what they do not know, they answer with nothing, and it holds
/// nothing back.
/// </summary>
public interface IResourceReadings
{
    /// <summary>How many processes want to run, for each core of the machine.</summary>
    double? LoadPerCore();

    /// <summary>How much memory is available to this process.</summary>
    long? FreeMemoryBytes();

    /// <summary>How much this process may still write to the disk that a folder is on.</summary>
    /// <param name="folder">The folder; it need not be there yet.</param>
    long? FreeDiskBytes(string folder);
}
