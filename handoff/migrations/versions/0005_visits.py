"""Repeat visits: devices whose visitors chose to be remembered, and their conversations."""

import sqlalchemy as sa
from alembic import op
from handoff.models import UtcDateTime

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('devices',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('token_hash')
    )
    op.create_table('visits',
    sa.Column('conversation_id', sa.String(length=32), nullable=False),
    sa.Column('device_hash', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], ),
    sa.ForeignKeyConstraint(['device_hash'], ['devices.token_hash'], ),
    sa.PrimaryKeyConstraint('conversation_id')
    )
    with op.batch_alter_table('visits', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visits_device_hash'), ['device_hash'], unique=False)
