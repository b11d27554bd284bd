namespace Errand;

/// <summary>
/// Kinds of job that are not all known when the host is built, such as one for each tool of a server. They may become more; none goes away.
/// </summary>
public interface IJobKindSource
{
    /// <summary>The names of the kinds that there are by now.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>A kind; none where it is not one of this source.</summary>
    /// <param name="name">Its name.</param>
    JobKind? Find(string name);
}
