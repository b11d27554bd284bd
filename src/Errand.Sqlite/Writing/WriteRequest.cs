namespace Errand.Sqlite;

/// <summary>Something that the writer is to do. Requests are carried out in the order they came, many to a commit.</summary>
internal abstract class WriteRequest
{
    /// <summary>The request behind this one in the queue.</summary>
    public WriteRequest? Next { get; set; }

    /// <summary>Roughly how many rows it writes, so that a commit does not grow without bound.</summary>
    public virtual int Weight => 1;

    /// <summary>Whether whoever asked has given up, so that it need not be done any more.</summary>
    public abstract bool IsGivenUp { get; }

    /// <summary>Does it within the transaction that is open. It may be done again, when the first transaction has come to nothing.</summary>
    /// <param name="session">Where to write.</param>
    public abstract void Execute(WriteSession session);

    /// <summary>Tells whoever asked that it is done, durably.</summary>
    public abstract void Succeed();

    /// <summary>Tells whoever asked that it is not done.</summary>
    /// <param name="error">Why.</param>
    public abstract void Fail(Exception error);
}
